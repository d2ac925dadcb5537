"""The reply: plan, prompt, constraint, model and rendering."""
