"""The shell around the core: one message, the outbox, publishing, and the loop that runs them."""
