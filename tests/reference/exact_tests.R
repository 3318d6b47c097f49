# R 4.2.2 Patched (2022-11-10 r83330), base packages only. Run: Rscript exact_tests.R
# Writes poisson_one.csv, poisson_two.csv, binomial_one.csv, all from stats::poisson.test, binom.test, prop.test.
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
write_rows <- function(rows, file) {
  rows[] <- lapply(rows, function(column) if (is.numeric(column)) digits(column) else column)
  write.csv(rows, file, row.names = FALSE, quote = FALSE)
}

one <- expand.grid(events = c(0, 1, 3, 9, 10, 41, 162, 2469, 1e6), confidence = c(0.8, 0.95, 0.998))
one$exposure <- 40671
limits <- t(mapply(function(x, e, level) poisson.test(x, e, conf.level = level)$conf.int,
                   one$events, one$exposure, one$confidence))
one$lower <- limits[, 1]; one$upper <- limits[, 2]
write_rows(one, "poisson_one.csv")

two <- data.frame(
  events = c(51, 1748, 60, 0, 4, 5, 1, 3, 10, 7, 100, 999000, 1000000, 56, 12, 2, 30, 250, 17),
  exposure = c(1, 1, 51477.5, 100, 100, 37816, 200, 10, 10, 1, 3, 1, 2, 1, 2500, 1, 1, 1, 1000),
  reference_events = c(56, 2228, 30, 4, 0, 12, 1, 9, 10, 20, 50, 1000000, 499000, 56, 40, 1, 30, 1000, 17),
  reference_exposure = c(1, 1, 54308.7, 120, 120, 38142, 90, 30, 25, 3, 1, 1, 1, 1, 9000, 2, 1, 3, 3000)
)
rows <- lapply(seq_len(nrow(two)), function(i) {
  row <- two[i, ]
  found <- poisson.test(c(row$events, row$reference_events), c(row$exposure, row$reference_exposure))
  cbind(row, estimate = unname(found$estimate), lower = found$conf.int[1], upper = found$conf.int[2],
        p_value = found$p.value)
})
write_rows(do.call(rbind, rows), "poisson_two.csv")

share <- expand.grid(events = c(0, 1, 8, 20, 65, 99, 100), total = c(100, 2500), confidence = c(0.8, 0.95, 0.998))
rows <- lapply(seq_len(nrow(share)), function(i) {
  row <- share[i, ]
  exact <- binom.test(row$events, row$total, conf.level = row$confidence)$conf.int
  score <- suppressWarnings(prop.test(row$events, row$total, conf.level = row$confidence, correct = FALSE)$conf.int)
  cbind(row, exact_lower = exact[1], exact_upper = exact[2], wilson_lower = score[1], wilson_upper = score[2])
})
write_rows(do.call(rbind, rows), "binomial_one.csv")
