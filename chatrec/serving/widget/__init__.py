"""The widget: a button and a panel for any site that the operator allows, and the slim page inside the panel."""
