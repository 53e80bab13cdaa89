//! Programme, indicator, allocation, entry and roll-up: the lowest step.
