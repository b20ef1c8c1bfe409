"""The rules of one person: risks, exams, activity, and how people are drawn."""
