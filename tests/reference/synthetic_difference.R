# R 4.2.2 Patched (2022-11-10 r83330), quadprog 1.5-8. Run: Rscript synthetic_difference.R
# Writes synthetic_difference.csv: weights at the minimum by quadratic programming, from the formulas of
# Arkhangelsky et al. (2021), equations 4 to 6, for California and for Utah taken for the treated.
library(quadprog)
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
rows <- read.csv("../../data/validation/P18_sdid_prop99/prop99_wide.csv", check.names = FALSE)
pre <- rows$Year < 1989
simplex <- function(a, b, ridge) { # min |a w - b|^2 + ridge |w|^2, weights of 0 or more that sum to 1
  k <- ncol(a)
  size <- norm(a, "2")^2
  solve.QP((crossprod(a) + (ridge + 1e-12 * size) * diag(k)) / size, drop(crossprod(a, b)) / size,
           cbind(1, diag(k)), c(1, rep(0, k)), meq = 1)$solution
}
centred <- function(a) scale(a, scale = FALSE)
out <- data.frame()
for (state in c("California", "Utah")) {
  others <- as.matrix(rows[, setdiff(names(rows), c("Year", "California", state))])
  own <- rows[[state]]
  zeta <- sum(!pre)^0.25 * sd(diff(others[pre, ]))
  omega <- simplex(centred(others[pre, ]), centred(own[pre])[, 1], zeta^2 * sum(pre))
  lambda <- simplex(centred(t(others[pre, ])), centred(colMeans(others[!pre, ]))[, 1], 0)
  gap <- own - others %*% omega
  out <- rbind(out, data.frame(state = state, figure = c("estimate", "ridge", "largest weight", "weight of 1988"),
    value = digits(c(mean(gap[!pre]) - sum(lambda * gap[pre]), zeta^2 * sum(pre), max(omega), lambda[sum(pre)]))))
}
write.csv(out, "synthetic_difference.csv", row.names = FALSE, quote = FALSE)
