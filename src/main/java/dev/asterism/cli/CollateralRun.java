package dev.asterism.cli;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementCatalog;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EndorsementSource.Answer;
import dev.asterism.attestation.snp.Kds;
import dev.asterism.attestation.snp.KdsCatalog;
import dev.asterism.attestation.snp.KeyKind;
import dev.asterism.attestation.snp.ProductLine;
import dev.asterism.attestation.snp.SnpReport;
import dev.asterism.attestation.snp.SnpRoots;
import dev.asterism.attestation.tdx.PcsCatalog;
import dev.asterism.attestation.tdx.TdxRoot;
import dev.asterism.collateral.CacheFolder;
import dev.asterism.collateral.CollateralStore;
import dev.asterism.collateral.CollateralStore.Entry;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The work of the collateral verbs. */
final class CollateralRun {
  private final PrintWriter out;
  private final boolean json;
  private final CollateralOptions options;
  private final SnpRoots amd;
  private final PcsCatalog intel;
  private final List<EndorsementCatalog> catalogs;

  /**
   * @param amd roots that AMD's chains must end in
   * @param intel the root of Intel's
   */
  CollateralRun(
      PrintWriter out, boolean json, CollateralOptions options, SnpRoots amd, TdxRoot intel) {
    this.out = out;
    this.json = json;
    this.options = options;
    this.amd = amd;
    this.intel = new PcsCatalog(intel);
    this.catalogs = List.of(new KdsCatalog(amd), this.intel);
  }

  /** By the vendors' own roots. */
  static CollateralRun of(PrintWriter out, boolean json, CollateralOptions options) {
    return new CollateralRun(out, json, options, SnpRoots.AMD, TdxRoot.intel());
  }

  /**
   * What is to be fetched.
   *
   * @param vlek providers' keys of the lines, too
   * @param fmspcs kinds of TDX platforms, 6 bytes each
   */
  record Wanted(List<ProductLine> lines, boolean vlek, List<Report> reports, List<Bytes> fmspcs) {}

  /** A report, and where it is from. */
  record Report(String name, SnpReport report) {}

  int fetch(Wanted wanted) throws MalformedException {
    List<ProductLine> ofReports = new ArrayList<>();
    for (Report one : wanted.reports()) {
      ofReports.add(line(one, wanted.lines()));
    }
    EndorsementSource source = options.source();
    Set<ProductLine> lines = new LinkedHashSet<>(wanted.lines());
    lines.addAll(ofReports);
    boolean all = true;
    for (ProductLine line : lines) {
      all &= fetchLine(source, line, KeyKind.VCEK);
      if (wanted.vlek()) {
        all &= fetchLine(source, line, KeyKind.VLEK);
      }
    }
    for (int i = 0; i < ofReports.size(); i++) {
      all &= fetchChip(source, wanted.reports().get(i), ofReports.get(i));
    }
    for (Bytes fmspc : wanted.fmspcs()) {
      all &= fetchPlatform(source, fmspc);
    }
    return all ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  private static ProductLine line(Report one, List<ProductLine> named) throws MalformedException {
    Optional<ProductLine> own = one.report().lineByCpuid();
    if (own.isEmpty() && named.size() != 1) {
      throw new MalformedException(
          "--report " + one.name(), "does not say of which line it is: give one --line with it");
    }
    return own.orElseGet(named::getFirst);
  }

  private boolean fetchLine(EndorsementSource source, ProductLine line, KeyKind kind)
      throws MalformedException {
    var chain = Kds.chain(line, kind, amd);
    Answer issuers = source.get(chain);
    boolean all = fetched(chain.key(), issuers);
    if (issuers instanceof Answer.Found(Endorsement found)) {
      var crl = Kds.crl(line, kind, found);
      all &= fetched(crl.key(), source.get(crl));
    }
    return all;
  }

  private boolean fetchChip(EndorsementSource source, Report one, ProductLine line)
      throws MalformedException {
    // Its absence has been said.
    if (source.get(Kds.chain(line, KeyKind.VCEK, amd)) instanceof Answer.Found(Endorsement chain)) {
      EndorsementRequest vcek;
      try {
        vcek = Kds.vcek(one.report(), line, chain);
      } catch (MalformedException e) {
        throw new MalformedException("--report " + one.name(), String.valueOf(e.getMessage()));
      }
      return fetched(vcek.key(), source.get(vcek));
    }
    return false;
  }

  private boolean fetchPlatform(EndorsementSource source, Bytes fmspc) {
    Map<String, Endorsement> there = new HashMap<>();
    boolean all = true;
    for (EndorsementRequest request :
        intel.platform(fmspc, options.pccs(), key -> Optional.ofNullable(there.get(key)))) {
      Answer answer = source.get(request);
      if (answer instanceof Answer.Found(Endorsement found)) {
        there.put(request.key(), found);
      }
      all &= fetched(request.key(), answer);
    }
    return all;
  }

  private boolean fetched(String key, Answer answer) {
    String problem = answer instanceof Answer.Unavailable(String reason) ? reason : "";
    print(new Entry(key, null, null, problem), problem.isEmpty() ? "there" : "missing");
    return problem.isEmpty();
  }

  int take(Path from) throws IOException {
    return carried(store(options.folder()).take(new CacheFolder(from), Instant.now()));
  }

  int give(Path to) throws IOException {
    return carried(store(new CacheFolder(to)).take(options.folder(), Instant.now()));
  }

  int status() throws IOException {
    Instant now = Instant.now();
    boolean all = true;
    List<Entry> entries = store(options.folder()).entries();
    if (entries.isEmpty() && !json) {
      out.println("nothing is kept in " + options.dir());
      out.flush();
    }
    for (Entry entry : entries) {
      all &= entry.usable(now);
      String state = entry.usable(now) ? "usable" : entry.life() == null ? "bad" : "expired";
      print(entry, state);
    }
    return all ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  private int carried(List<Entry> entries) {
    boolean all = true;
    for (Entry entry : entries) {
      all &= entry.problem().isEmpty();
      print(entry, entry.problem().isEmpty() ? "taken" : "left");
    }
    return all ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  private CollateralStore store(CacheFolder folder) {
    return new CollateralStore(folder, catalogs);
  }

  private void print(Entry entry, String state) {
    Endorsement.Life life = entry.life();
    if (json) {
      ObjectNode node = Json.newObject().put("key", entry.key()).put("state", state);
      if (entry.fetchedAt() != null) {
        node.put("fetchedAt", entry.fetchedAt().toString());
      }
      if (life != null) {
        node.put("issued", life.issued().toString());
        node.put("usableUntil", life.usableUntil().toString());
      }
      if (!entry.problem().isEmpty()) {
        node.put("problem", entry.problem());
      }
      out.println(Json.line(node));
    } else {
      String more =
          !entry.problem().isEmpty()
              ? ": " + entry.problem()
              : life == null ? "" : ", until " + life.usableUntil();
      out.println("%-8s %s%s".formatted(state, entry.key(), more));
    }
    out.flush();
  }
}
