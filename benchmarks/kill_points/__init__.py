"""A bot that is killed at every write and every request of a scenario, again and again: what do people see then?"""
