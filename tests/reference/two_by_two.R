# R 4.2.2 Patched (2022-11-10 r83330), epitools 0.5-10.1. Run: Rscript two_by_two.R
# Writes two_by_two.csv and proportion_limits.csv. fisher.test stops its search at 1e-4, so the exact limits are sought
# anew here with R's own density of the noncentral hypergeometric (dhyper, tilted) and a closer tolerance; what
# fisher.test and epitools themselves say stands beside it.
suppressMessages(library(epitools))
options(warn = -1) # epitools and chi-square tests warn of small counts
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
write <- function(rows, file) {
  table <- do.call(rbind, rows)
  table[] <- lapply(table, function(column) if (is.numeric(column)) digits(column) else column)
  write.csv(table, file, row.names = FALSE, quote = FALSE)
}

tables <- list(c(7, 34, 1, 34), c(5, 56, 0, 29), c(0, 29, 5, 56), c(3, 400, 0, 20), c(0, 20, 3, 400), c(150, 9000, 2, 60),
  c(2, 60, 150, 9000), c(24, 73, 53, 65), c(29, 55, 11, 11), c(6, 22, 112, 842), c(41, 40671, 5, 900), c(1, 1, 3, 9), c(10, 10, 9, 10),
  c(35, 1e7, 60, 1e7), c(900, 1e6, 40, 30000))

tail <- function(x, n, x0, n0, theta, own) {
  k <- max(0, x + x0 - n0):min(n, x + x0)
  weight <- dhyper(k, n, n0, x + x0, log = TRUE) + k * theta
  p <- exp(weight - max(weight)); p <- p / sum(p)
  list(above = sum(p[k > x]) + own * sum(p[k == x]), below = sum(p[k < x]) + own * sum(p[k == x]), mean = sum(p * k))
}
root <- function(f) exp(uniroot(f, c(-40, 40), tol = 1e-14, maxiter = 5000)$root)
conditional <- function(x, n, x0, n0, level, own) {
  low <- max(0, x + x0 - n0); high <- min(n, x + x0); a <- (1 - level) / 2
  at <- function(theta) tail(x, n, x0, n0, theta, own)
  c(estimate = if (x == low) 0 else if (x == high) Inf else root(function(t) at(t)$mean - x),
    lower = if (x == low) 0 else root(function(t) at(t)$above - a),
    upper = if (x == high) Inf else root(function(t) a - at(t)$below))
}

rows <- list()
for (t in tables) for (level in c(0.8, 0.95, 0.998)) {
  x <- t[1]; n <- t[2]; x0 <- t[3]; n0 <- t[4]
  m <- matrix(c(x, n - x, x0, n0 - x0), 2)
  exact <- conditional(x, n, x0, n0, level, 1); midp <- conditional(x, n, x0, n0, level, 0.5)
  fisher <- fisher.test(m, conf.level = level)
  null <- tail(x, n, x0, n0, 0, 0.5)
  wald <- suppressWarnings(prop.test(c(x, x0), c(n, n0), conf.level = level, correct = FALSE))
  logs <- if (all(m > 0)) {
    turned <- matrix(c(n0 - x0, x0, n - x, x), 2, byrow = TRUE)
    katz <- suppressWarnings(riskratio.wald(turned, conf.level = level))$measure[2, ]
    woolf <- suppressWarnings(oddsratio.wald(turned, conf.level = level))$measure[2, ]
    c(katz[2:3], woolf[2:3])
  } else rep(NA, 4)
  rows[[length(rows) + 1]] <- data.frame(events = x, total = n, reference_events = x0, reference_total = n0, confidence = level,
    conditional_estimate = exact[["estimate"]], exact_lower = exact[["lower"]], exact_upper = exact[["upper"]],
    midp_lower = midp[["lower"]], midp_upper = midp[["upper"]],
    fisher_lower = fisher$conf.int[1], fisher_upper = fisher$conf.int[2], fisher_p = fisher$p.value,
    midp_p = min(1, 2 * min(null$above, null$below)), score_p = wald$p.value,
    wald_lower = wald$conf.int[1], wald_upper = wald$conf.int[2],
    katz_lower = logs[1], katz_upper = logs[2], woolf_lower = logs[3], woolf_upper = logs[4], row.names = NULL)
}
write(rows, "two_by_two.csv")

rows <- list()
for (t in list(c(0, 20), c(1, 29), c(15, 148), c(20, 20), c(19, 20), c(1, 1), c(0, 1), c(81, 263), c(3, 1e7), c(1e7 - 2, 1e7), c(5e6, 1e7)))
  for (level in c(0.8, 0.95, 0.998)) {
    x <- t[1]; n <- t[2]; a <- (1 - level) / 2
    midp <- function(p, upper) pbinom(x, n, p, lower.tail = !upper) + if (upper) dbinom(x, n, p) / 2 else -dbinom(x, n, p) / 2
    seek <- function(f) plogis(uniroot(function(t) f(plogis(t)), c(-60, 36), tol = 1e-14, maxiter = 5000)$root)
    rows[[length(rows) + 1]] <- data.frame(events = x, total = n, confidence = level,
      jeffreys_lower = if (x == 0) 0 else qbeta(a, x + 0.5, n - x + 0.5),
      jeffreys_upper = if (x == n) 1 else qbeta(a, x + 0.5, n - x + 0.5, lower.tail = FALSE),
      midp_lower = if (x == 0) 0 else seek(function(p) log(midp(p, TRUE)) - log(a)),
      midp_upper = if (x == n) 1 else seek(function(p) log(a) - log(midp(p, FALSE))))
  }
write(rows, "proportion_limits.csv")
