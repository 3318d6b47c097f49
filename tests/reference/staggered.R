# R 4.2.2 Patched (2022-11-10 r83330), numDeriv 2016.8-1.1. Run: Rscript staggered.R
# Reads data/validation/P16_staggered_mpdta/mpdta.csv with staggered_population.csv (mpdta's log of county population),
# and staggered_rows.csv, which it draws: 160 units whose chance of treatment follows two covariates closely.
# Writes staggered.csv: doubly robust effects (glm, lm, weights of controls adding up to 1) of every cell, and their
# errors by stacking the equations of both regressions and both means and differentiating them numerically.
# staggered_averages.csv is not from here: csdid 0.4.3 with drdid 1.1.7 (Python, MIT), est_method "dr", analytic errors.
library(numDeriv)
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
out <- data.frame()

one_cell <- function(change, d, x) {
  x <- cbind(1, x); k <- ncol(x)
  logit <- glm.fit(x, d, family = binomial(), control = list(epsilon = 1e-14, maxit = 100))
  line <- lm.fit(x[d == 0, ], change[d == 0])
  odds <- (1 - d) * exp(drop(x %*% logit$coefficients))
  odds[logit$fitted.values > 0.995] <- 0
  beyond <- change - drop(x %*% line$coefficients)
  means <- c(weighted.mean(beyond, d), weighted.mean(beyond, odds))
  every <- c(logit$coefficients, line$coefficients, means)
  equations <- function(b) {
    p <- plogis(drop(x %*% b[1:k])); r <- change - drop(x %*% b[k + 1:k])
    w <- ifelse(d == 1 | odds == 0, 0, p / (1 - p))
    cbind(x * (d - p), x * ((1 - d) * r), d * (r - b[2 * k + 1]), w * (r - b[2 * k + 2]))
  }
  bread <- solve(jacobian(function(b) colSums(equations(b)), every))
  v <- bread %*% crossprod(equations(every)) %*% t(bread)
  along <- c(rep(0, 2 * k), 1, -1)
  c(means[1] - means[2], sqrt(drop(t(along) %*% v %*% along)), max(logit$fitted.values), sum(d == 0 & odds == 0))
}

cells <- function(name, y, group, times, x) {
  for (control in c("never treated", "not yet treated")) for (g in sort(unique(group[group > 0]))) for (at in 2:length(times)) {
    base <- if (times[at] < g) at - 1 else max(which(times < g))
    beside <- group == 0 | (control == "not yet treated" & group > max(times[at], times[base]) & group != g)
    used <- beside | group == g
    found <- one_cell((y[, at] - y[, base])[used], as.numeric(group == g)[used], x(base)[used, , drop = FALSE])
    out <<- rbind(out, data.frame(data = name, control = control, group = g, period = times[at],
                                  effect = digits(found[1]), error = digits(found[2]), most = digits(found[3]), unused = found[4]))
  }
}

wages <- read.csv("../../data/validation/P16_staggered_mpdta/mpdta.csv")
wages <- wages[order(wages$countyreal, wages$year), ]
people <- read.csv("staggered_population.csv")
x <- cbind(people$lpop[match(unique(wages$countyreal), people$countyreal)])
cells("wages", matrix(wages$lemp, ncol = 5, byrow = TRUE), wages$first.treat[wages$year == 2003], 2003:2007, function(base) x)

set.seed(2020)
n <- 160
a <- rnorm(n); b <- matrix(rnorm(4 * n), n); b[, 2:4] <- b[, 1] + 0.5 * b[, 2:4]
begun <- ifelse(runif(n) < plogis(1.8 * a + 0.9 * b[, 1] - 0.3), sample(3:4, n, TRUE), 0)
y <- sapply(1:4, function(t) a + 0.4 * t * a^2 + 0.3 * t * b[, 1] + (begun > 0 & t >= begun) * (1 + a) + rnorm(n, sd = 0.6))
drawn <- data.frame(unit = rep(1:n, each = 4), period = rep(1:4, n), first = rep(begun, each = 4),
                    y = c(t(y)), a = rep(a, each = 4), b = c(t(b)))
drawn[4:6] <- round(drawn[4:6], 6)
write.csv(drawn, "staggered_rows.csv", row.names = FALSE, quote = FALSE)
wide <- function(v) matrix(v, ncol = 4, byrow = TRUE)
cells("drawn", wide(drawn$y), begun, 1:4, function(base) cbind(wide(drawn$a)[, base], wide(drawn$b)[, base]))

# One control so like the treated that it counts for nothing: x is 0, 1 or 2 for so many treated and controls.
x <- cbind(rep(c(0, 1, 2, 0, 1, 2), c(20, 60, 600, 60, 10, 1)))
d <- rep(c(2, 0), c(680, 71))
cells("unused", cbind(0, sin(seq_along(d)) + x^2), d, 1:2, function(base) x)
write.csv(out, "staggered.csv", row.names = FALSE, quote = FALSE)
