"""One page with all evaluations, made from the JSON that `chatrec eval` and `chatrec bench` print."""
