"""Results, splits and quotes of the Bowerman Mile, each value traced to the words it was read from."""
