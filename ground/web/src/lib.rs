//! Page frame, languages, forms, errors and the habits of the HTTP API.
