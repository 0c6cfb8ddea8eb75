"""Who is on screen: faces compared with the gallery, decided once, and what people say of it kept for good."""
