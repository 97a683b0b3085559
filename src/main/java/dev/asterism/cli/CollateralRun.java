package dev.asterism.cli;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementCatalog;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EndorsementSource.Answer;
import dev.asterism.attestation.snp.Kds;
import dev.asterism.attestation.snp.KdsCatalog;
import dev.asterism.attestation.snp.KeyKind;
import dev.asterism.attestation.snp.ProductLine;
import dev.asterism.attestation.snp.SnpRoots;
import dev.asterism.collateral.CacheFolder;
import dev.asterism.collateral.CollateralStore;
import dev.asterism.collateral.CollateralStore.Entry;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The work of the collateral verbs. */
final class CollateralRun {
  private static final List<EndorsementCatalog> CATALOGS = List.of(new KdsCatalog(SnpRoots.AMD));

  private final PrintWriter out;
  private final boolean json;
  private final CollateralOptions options;

  CollateralRun(PrintWriter out, boolean json, CollateralOptions options) {
    this.out = out;
    this.json = json;
    this.options = options;
  }

  int fetch(List<String> names, boolean vlek) throws MalformedException {
    List<ProductLine> lines = new ArrayList<>();
    for (String name : names) {
      lines.add(
          ProductLine.byId(name)
              .orElseThrow(
                  () -> new MalformedException("--line", "is none of Milan, Genoa, Turin")));
    }
    EndorsementSource source = options.source();
    boolean all = true;
    for (ProductLine line : lines) {
      for (KeyKind kind : vlek ? KeyKind.values() : new KeyKind[] {KeyKind.VCEK}) {
        var chain = Kds.chain(line, kind, SnpRoots.AMD);
        Answer issuers = source.get(chain);
        all &= fetched(chain.key(), issuers);
        if (issuers instanceof Answer.Found(Endorsement found)) {
          var crl = Kds.crl(line, kind, found);
          all &= fetched(crl.key(), source.get(crl));
        }
      }
    }
    return all ? ExitCode.SUCCESS : ExitCode.FAILURE;
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

  private static CollateralStore store(CacheFolder folder) {
    return new CollateralStore(folder, CATALOGS);
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
