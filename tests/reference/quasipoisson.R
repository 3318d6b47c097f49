# R 4.2.2 Patched (2022-11-10 r83330), base packages only. Run: Rscript quasipoisson.R
# Writes quasipoisson_cells.csv, quasipoisson_fits.csv, pairs.csv, pairs_fit.csv, from stats::glm.
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
write_rows <- function(rows, file) {
  rows[] <- lapply(rows, function(column) if (is.numeric(column)) digits(column) else column)
  write.csv(rows, file, row.names = FALSE, quote = FALSE)
}

# Schools in two groups: with one mean a group, quasi-Poisson's error of the log ratio is
# sqrt(phi * (1 / sum of events + 1 / sum of reference events)), on n - 2 degrees of freedom.
cells <- data.frame(
  case = rep(c("a", "b"), c(12, 9)),
  group = c(rep(1:0, each = 6), rep(1, 4), rep(0, 5)),
  events = c(12, 30, 4, 51, 22, 9, 40, 18, 66, 25, 31, 12, 2, 0, 7, 1, 3, 9, 4, 0, 11),
  exposure = c(700, 950, 640, 1210, 830, 720, 810, 640, 1300, 760, 905, 580, 210, 330, 405, 180, 260, 340, 390, 150, 420)
)
write_rows(cells, "quasipoisson_cells.csv")
fits <- lapply(split(cells, cells$case), function(rows) {
  found <- summary(glm(events ~ group + offset(log(exposure)), family = quasipoisson, data = rows,
                       control = list(epsilon = 1e-14, maxit = 100)))
  b <- found$coefficients["group", ]
  free <- found$df.residual
  far <- qt(0.975, free)
  data.frame(case = rows$case[1], dispersion = found$dispersion, df = free, estimate = exp(b[[1]]),
             lower = exp(b[[1]] - far * b[[2]]), upper = exp(b[[1]] + far * b[[2]]), p_value = b[[4]])
})
write_rows(do.call(rbind, fits), "quasipoisson_fits.csv")

# Authorities in two periods: binomial given the pair's sum, one common ratio.
pairs <- data.frame(
  events = c(30, 52, 41, 18, 120, 0, 7, 66, 0, 240, 15, 33),
  exposure = c(31000, 40500, 38800, 15200, 90100, 5100, 8200, 61000, 4000, 150000, 12000, 30100),
  reference_events = c(40, 40, 60, 12, 90, 3, 0, 71, 0, 301, 22, 20),
  reference_exposure = c(30000, 40000, 38000, 15000, 90000, 5000, 8000, 60000, 4100, 149000, 12500, 29800)
)
write_rows(pairs, "pairs.csv")
seen <- subset(pairs, events + reference_events > 0)
fit <- glm(cbind(events, reference_events) ~ 1, offset = log(exposure / reference_exposure),
           family = quasibinomial, data = seen, control = list(epsilon = 1e-14, maxit = 100))
phi <- summary(fit)$dispersion
free <- fit$df.residual
write_rows(data.frame(ratio = exp(coef(fit)[[1]]), estimate = phi, df = free,
                      lower = phi * free / qchisq(0.975, free), upper = phi * free / qchisq(0.025, free)),
           "pairs_fit.csv")
