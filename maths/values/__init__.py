"""The values of trees at points, exact where that is possible; and derivatives as trees."""
