"""All results side by side: the table, the differences of any two experiments, what they say over several datasets."""
