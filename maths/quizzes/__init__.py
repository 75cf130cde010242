"""Quizzes and further problems on school mathematics, made by code."""
