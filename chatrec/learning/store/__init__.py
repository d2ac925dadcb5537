"""What outlives a restart: conversations and ratings, in a database of the site's own."""
