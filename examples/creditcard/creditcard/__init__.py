"""A model of card fraud, from its training to the requests that it answers."""
