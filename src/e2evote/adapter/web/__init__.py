"""What browsers load: the page in which voters seal their ballots, and pages that the server makes."""
