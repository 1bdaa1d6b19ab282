"""What is read out of the days: audits of the promises, figures and reports."""
