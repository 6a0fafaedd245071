"""A second implementation of the documents: slow, literal, standard library only, nothing of e2evote imported."""
