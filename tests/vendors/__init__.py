"""The official SDKs, as we use them, against the vendors' own descriptions of their APIs."""
