"""Words in many languages: the shipped languages, their catalogues, dates and lists, and templates that speak them.

Stands below every feature, because messages, printed sheets and pages all speak to people.
"""
