"""Reads of referrals, each made for one screen."""
