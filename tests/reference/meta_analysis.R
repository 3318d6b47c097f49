# R 4.2.2 Patched (2022-11-10 r83330), metafor 3.8-1. Run: Rscript meta_analysis.R
# Writes meta_analysis_rows.csv (dat.bcg of metadat, and two made sets) and meta_analysis.csv (REML, Knapp and Hartung).
suppressMessages(library(metafor))
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
sets <- list(
  bcg = data.frame(y = as.numeric(bcg$yi), s = sqrt(bcg$vi)),
  wide = data.frame(y = c(-6.1, 2.4, -3.3, 0.2, -9.5, -1.1, 1.9), s = c(1.2, 0.9, 2.1, 1.4, 1.1, 0.8, 1.6)),
  alike = data.frame(y = c(-1.1, -0.9, -1.3, -1.0), s = c(0.8, 0.9, 1.1, 0.7)))
rows <- out <- data.frame()
for (name in names(sets)) {
  d <- sets[[name]]
  rows <- rbind(rows, data.frame(set = name, y = digits(d$y), s = digits(d$s)))
  for (level in c(80, 95)) {
    m <- rma(y, sei = s, data = d, method = "REML", test = "knha", level = level, control = list(tol = 1e-14, threshold = 1e-14, maxiter = 10000))
    p <- predict(m)
    out <- rbind(out, data.frame(set = name, level = level / 100,
      figure = c("estimate", "error", "lower", "upper", "spread", "predicted_lower", "predicted_upper", "i2", "q", "q_p_value"),
      value = digits(c(m$b, m$se, m$ci.lb, m$ci.ub, sqrt(m$tau2), p$pi.lb, p$pi.ub, m$I2, m$QE, m$QEp))))
  }
}
write.csv(rows, "meta_analysis_rows.csv", row.names = FALSE, quote = FALSE)
write.csv(out, "meta_analysis.csv", row.names = FALSE, quote = FALSE)
