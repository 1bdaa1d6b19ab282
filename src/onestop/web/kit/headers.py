"""What a browser may do with our answers: the headers of every one, and those of the pages that scan."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_OFF = "microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
HEADERS: dict[bytes, bytes] = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": f"camera=(), {_OFF}".encode(),
}
SCANS = {
    "content-security-policy": f"{POLICY}; worker-src blob:",
    "permissions-policy": f"camera=(self), {_OFF}",
}
"""Of a page that scans with the camera: the decoder makes its worker of a blob (decision 20)."""
