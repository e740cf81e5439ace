"""The page that a person uses: a client of the service, with no model in it."""
