"""Tests of the values of trees."""
