# R 4.2.2 Patched (2022-11-10 r83330), metafor 3.8-1. Run: Rscript stratified.R
# Writes strata.csv (data), stratified.csv (stats::mantelhaen.test, metafor::rma.mh) and adjusted.csv (stats::p.adjust).
# Data: UCBAdmissions (R datasets: Bickel et al. 1975), dat.bcg (metadat: Colditz et al. 1994), Mehrotra and Railkar's
# three strata, and strata with empty margins, made up.
suppressMessages(library(metafor))
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
ucb <- data.frame(x = UCBAdmissions[1, 1, ], f = UCBAdmissions[2, 1, ], x0 = UCBAdmissions[1, 2, ], f0 = UCBAdmissions[2, 2, ])
bcg <- with(dat.bcg, data.frame(x = tpos, f = tneg, x0 = cpos, f0 = cneg))
mehrotra <- data.frame(x = c(21, 11, 8), f = c(443, 154, 61), x0 = c(26, 25, 11), f0 = c(427, 149, 59))
rare <- data.frame(x = c(1, 0, 2, 0, 3, 0), f = c(12, 9, 20, 4, 17, 11), x0 = c(3, 1, 0, 0, 5, 2), f0 = c(300, 210, 95, 80, 400, 90))
sets <- list(ucb = ucb, bcg = bcg, mehrotra = mehrotra, rare = rare)

data <- do.call(rbind, lapply(names(sets), function(name) with(sets[[name]],
  data.frame(set = name, events = x, total = x + f, reference_events = x0, reference_total = x0 + f0))))
write.csv(data, "strata.csv", row.names = FALSE, quote = FALSE)

rows <- list()
add <- function(set, figure, value) rows[[length(rows) + 1]] <<- data.frame(set = set, figure = figure, value = digits(value))
for (name in names(sets)) {
  d <- sets[[name]]; d[] <- lapply(d, as.numeric)
  cube <- array(rbind(d$x, d$f, d$x0, d$f0), c(2, 2, nrow(d)))
  for (correct in c(TRUE, FALSE)) {
    test <- mantelhaen.test(cube, correct = correct)
    add(name, paste0("chi_square_", if (correct) "corrected" else "plain"), test$statistic)
    add(name, paste0("p_value_", if (correct) "corrected" else "plain"), test$p.value)
  }
  add(name, "odds_ratio", test$estimate); add(name, "odds_ratio_lower", test$conf.int[1]); add(name, "odds_ratio_upper", test$conf.int[2])
  for (measure in c("OR", "RR", "RD")) {
    fit <- rma.mh(measure = measure, ai = x, bi = f, ci = x0, di = f0, data = d, digits = 15)
    back <- if (measure == "RD") identity else exp
    add(name, paste0("metafor_", measure), back(fit$beta[1])); add(name, paste0("metafor_", measure, "_se"), fit$se)
    add(name, paste0("metafor_", measure, "_lower"), back(fit$ci.lb)); add(name, paste0("metafor_", measure, "_upper"), back(fit$ci.ub))
    if (measure == "OR") { add(name, "breslow_day", fit$BD); add(name, "tarone", fit$TA); add(name, "tarone_p", fit$TAp); add(name, "df", fit$k.pos - 1) }
  }
}
write.csv(do.call(rbind, rows), "stratified.csv", row.names = FALSE, quote = FALSE)

p <- c(0.001, 0.04, 0.03, 0.2, 0.03, 1, 0, 0.6, 0.049, 0.011)
write.csv(data.frame(p = p, holm = digits(p.adjust(p, "holm")), bh = digits(p.adjust(p, "BH"))), "adjusted.csv", row.names = FALSE, quote = FALSE)
