package dev.asterism.bench;

import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Storms of joins and rejoins beside the same storm over static mutual TLS. Their rounds alternate,
 * so that whatever else the machine does hits all.
 */
final class Joins {
  private static final int CLIENTS = 8;
  private static final int WARM_UP = 40;
  private static final int ROUNDS = 4;
  private static final int EACH = 40;
  private static final int KEY_LENGTH = 32;
  private static final double RATIO_AIM = 2;

  private Joins() {}

  static void run(Table table) throws Exception {
    var machines = new Machines();
    try (var folder = new TemporaryFolder();
        var objects = TemporaryFolder.inMemory();
        var door =
            new JoinDoor(
                folder.path(),
                objects.path(),
                JoinDoor.config(Bytes.ofUtf8(Json.line(machines.attestationConfig()))),
                JoinDoor.NO_LIMITS,
                null)) {
      run(table, new Nodes(machines, door.port(), null));
    }
  }

  private static void run(Table table, Nodes door) throws Exception {
    var nodes = new ArrayList<Nodes.Node>();
    for (int i = 0; i < CLIENTS; i++) {
      nodes.add(door.node("worker-" + i, 1 + 2 * (WARM_UP + ROUNDS * EACH)));
    }
    IssueJoinTicketResponse ticket = null;
    for (Nodes.Node node : nodes) {
      ticket = node.join();
    }
    try (var yardstick = new StaticDoor(ticket)) {
      var calls = new Rounds(nodes.stream().map(node -> yardstick.client(node.request())).toList());
      var rejoins = new Rounds(nodes.stream().map(Joins::rejoining).toList());
      var joins = new Rounds(nodes.stream().map(Joins::joining).toList());
      for (int round = 0; round < ROUNDS; round++) {
        calls.next();
        rejoins.next();
        joins.next();
      }
      show(table, calls.outcome(), rejoins.outcome(), joins.outcome());
    }
  }

  private static Storm.Client joining(Nodes.Node node) {
    return () -> require(node.join().getStateDiskKey().size() == KEY_LENGTH);
  }

  private static Storm.Client rejoining(Nodes.Node node) {
    return () -> require(node.rejoin().getStateDiskKey().size() == KEY_LENGTH);
  }

  private static void require(boolean answered) {
    if (!answered) {
      throw new IllegalStateException("a ticket without a key");
    }
  }

  private static void show(
      Table table, Storm.Outcome calls, Storm.Outcome rejoins, Storm.Outcome joins) {
    storm(table, "static mutual TLS", calls).note("fixed certificates, an answer of a join's size");
    storm(table, "rejoin", rejoins).note("proof, two keys, two audit records");
    ratio(table, "rejoin", rejoins, calls);
    storm(table, "join", joins).note("and certificates, token, objects of Kubernetes");
    ratio(table, "join", joins, calls);
  }

  private static Table.Row storm(Table table, String name, Storm.Outcome outcome) {
    table
        .row(name + ": rate", outcome.perSecond(), "1/s")
        .note("%d clients, a new connection each time".formatted(CLIENTS));
    table.row(name + ": p50", outcome.quantileMillis(0.50), "ms");
    table.row(name + ": p99", outcome.quantileMillis(0.99), "ms");
    return table.row(name + ": both sides", outcome.cpuMillisEach(), "ms CPU");
  }

  private static void ratio(Table table, String name, Storm.Outcome one, Storm.Outcome yardstick) {
    table
        .row(name + " : static call", one.cpuMillisEach() / yardstick.cpuMillisEach(), "CPU")
        .aim(RATIO_AIM);
  }

  /** The storms of one kind of client, warmed up. */
  private static final class Rounds {
    private final List<Storm.Client> clients;
    private final List<Storm.Outcome> outcomes = new ArrayList<>();

    private Rounds(List<Storm.Client> clients) throws Exception {
      this.clients = clients;
      Storm.run(clients, WARM_UP);
    }

    void next() throws Exception {
      outcomes.add(Storm.run(clients, EACH));
    }

    Storm.Outcome outcome() {
      return Storm.Outcome.of(outcomes);
    }
  }
}
