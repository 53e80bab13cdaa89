//! Read, print and compare figures the way Chinese public documents print them.
