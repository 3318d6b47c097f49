# R 4.2.2 Patched (2022-11-10 r83330), base packages only. Run: Rscript exact_power.R
# Writes exact_power.csv: every pair of counts that could come, tested by stats::binom.test, chances added up.
cases <- data.frame(reference_mean = c(4, 10, 20, 12), mean = c(1, 2.5, 6.2, 18), exposure_ratio = c(1, 1, 1, 0.5),
                    confidence = c(0.95, 0.95, 0.95, 0.9))
power_of <- function(base, later, ratio, level) {
  y <- 0:qpois(1e-13, later, lower.tail = FALSE); y0 <- 0:qpois(1e-13, base, lower.tail = FALSE)
  test <- Vectorize(function(a, b) {
    if (a + b == 0) 1 else binom.test(a, a + b, ratio / (1 + ratio))$p.value
  })
  sum(outer(dpois(y, later), dpois(y0, base)) * (outer(y, y0, test) <= 1 - level))
}
cases$power <- mapply(power_of, cases$reference_mean, cases$mean, cases$exposure_ratio, cases$confidence)
cases[] <- lapply(cases, function(column) trimws(formatC(column, digits = 16, format = "g")))
write.csv(cases, "exact_power.csv", row.names = FALSE, quote = FALSE)
