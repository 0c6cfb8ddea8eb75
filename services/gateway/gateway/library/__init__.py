"""SQL of schema `library`: functions that take a connection; whoever calls them owns the transaction."""
