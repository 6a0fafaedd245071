"""The scrutineer's report: facts from an examined record, and the page that people read (docs/spec.md, section 15)."""
