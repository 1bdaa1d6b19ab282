"""Where somebody goes next: referrals, the sheet with her next steps, and whether she came."""
