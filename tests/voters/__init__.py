"""Who may vote once: random histories of honest and dishonest parties against a model of a few lines."""
