"""Mail that reaches us: bytes in, what they mean out. Pure; never answers anything."""
