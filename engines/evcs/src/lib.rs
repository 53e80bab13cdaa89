//! T/CEC 102-2016: the envelope and messages that charging operators and platforms exchange.
