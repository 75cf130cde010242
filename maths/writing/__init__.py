"""Writes trees and values as LaTeX."""
