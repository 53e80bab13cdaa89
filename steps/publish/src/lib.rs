//! Public portal: scoreboard, indicator, trail, matters, search, money, open data.
