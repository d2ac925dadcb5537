"""Language, understanding, state and policy: pure functions over the values of a dialogue."""
