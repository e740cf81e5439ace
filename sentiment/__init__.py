"""Everything that knows about reviews, and nothing that knows about ZenML."""
