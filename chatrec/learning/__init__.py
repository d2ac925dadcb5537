"""What improves the parts: data sets, training, evaluation."""
