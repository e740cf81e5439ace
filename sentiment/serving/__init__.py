"""The model server from outside: which one is current, is it alive, what does it say."""
