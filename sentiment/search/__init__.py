"""Looking for better candidates: a space, engines that propose, trials by cross-validation, and what came of it."""
