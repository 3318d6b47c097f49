# R 4.2.2, packages sandwich 3.0-2 and datasets. Run: Rscript oaxaca.R
# Writes oaxaca_rows.csv and oaxaca_parts.csv: parts and robust (HC0, and by cluster) standard errors of Oaxaca-Blinder
# decompositions, by the textbook formulas on fits of lm and glm, features given. For coefficients of one group the
# variance is d' V d with V of sandwich; groups are independent, so that those of two groups add.
library(sandwich)
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
set.seed(20240901)
n <- 600
group <- rep(1:0, c(250, 350))
a <- rbinom(n, 1, 0.3 + 0.2 * group); b <- round(rnorm(n, 1 + 0.3 * group), 2); school <- sample(1:40, n, TRUE)
y <- round(1 + 0.8 * a + 0.5 * b + 0.4 * group * a + rnorm(n) * (1 + 0.5 * a), 3)
event <- rbinom(n, 1, plogis(-1.6 + 0.7 * a + 0.4 * b + 0.5 * group))
rows <- data.frame(y, event, a, b, group, school)
write.csv(rows, "oaxaca_rows.csv", row.names = FALSE, quote = FALSE)
parts <- function(link, cluster) {
  of <- function(g) {
    own <- rows[rows$group == g, ]
    fit <- if (link == "identity") lm(y ~ a + b, own) else
      glm(event ~ a + b, binomial, own, control = list(epsilon = 1e-14, maxit = 100))
    v <- if (cluster) vcovCL(fit, own$school, type = "HC0", cadjust = FALSE) else sandwich(fit)
    list(b = coef(fit), v = v, x = cbind(1, own$a, own$b))
  }
  h <- of(1); r <- of(0)
  f <- if (link == "identity") identity else plogis
  g <- if (link == "identity") function(e) rep(1, length(e)) else dlogis
  mean_of <- function(x, b) mean(f(x %*% b))
  slope <- function(x, b) colMeans(as.vector(g(x %*% b)) * x)
  q <- function(d, v) as.numeric(t(d) %*% v %*% d)
  one <- list(
    explained_at_reference = c(mean_of(h$x, r$b) - mean_of(r$x, r$b), q(slope(h$x, r$b) - slope(r$x, r$b), r$v)),
    explained_at_group = c(mean_of(h$x, h$b) - mean_of(r$x, h$b), q(slope(h$x, h$b) - slope(r$x, h$b), h$v)),
    coefficients = c(mean_of(r$x, h$b) - mean_of(r$x, r$b), q(slope(r$x, h$b), h$v) + q(slope(r$x, r$b), r$v)),
    gap = c(mean_of(h$x, h$b) - mean_of(r$x, r$b), q(slope(h$x, h$b), h$v) + q(slope(r$x, r$b), r$v)))
  do.call(rbind, lapply(names(one), function(k) data.frame(
    link = link, cluster = as.integer(cluster), part = k, estimate = digits(one[[k]][1]), error = digits(sqrt(one[[k]][2])))))
}
# a cluster holds pupils of both groups: errors of parts that use one group's coefficients only are comparable
write.csv(rbind(parts("identity", FALSE), parts("logit", FALSE), parts("identity", TRUE), parts("logit", TRUE)),
          "oaxaca_parts.csv", row.names = FALSE, quote = FALSE)
