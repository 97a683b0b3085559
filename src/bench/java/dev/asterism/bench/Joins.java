package dev.asterism.bench;

import dev.asterism.proto.join.IssueJoinTicketResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * A storm of joins beside the same storm over static mutual TLS. Rounds alternate, so that whatever
 * else the machine does hits both.
 */
final class Joins {
  private static final int CLIENTS = 8;
  private static final int WARM_UP = 40;
  private static final int ROUNDS = 4;
  private static final int EACH = 40;
  private static final double RATIO_AIM = 2;

  private Joins() {}

  static void run(Table table) throws Exception {
    try (var folder = new TemporaryFolder();
        var door = new JoinDoor(folder.path())) {
      run(table, door);
    }
  }

  private static void run(Table table, JoinDoor door) throws Exception {
    var nodes = new ArrayList<JoinDoor.Node>();
    for (int i = 0; i < CLIENTS; i++) {
      nodes.add(door.node("worker-" + i, 1 + WARM_UP + ROUNDS * EACH));
    }
    IssueJoinTicketResponse ticket = null;
    for (JoinDoor.Node node : nodes) {
      ticket = node.join();
    }
    try (var yardstick = new StaticDoor(ticket)) {
      List<Storm.Client> plain =
          nodes.stream().map(node -> yardstick.client(node.request())).toList();
      Storm.run(nodes, WARM_UP);
      Storm.run(plain, WARM_UP);
      var joins = new ArrayList<Storm.Outcome>();
      var calls = new ArrayList<Storm.Outcome>();
      for (int round = 0; round < ROUNDS; round++) {
        joins.add(Storm.run(nodes, EACH));
        calls.add(Storm.run(plain, EACH));
      }
      show(table, Storm.Outcome.of(joins), Storm.Outcome.of(calls));
    }
  }

  private static void show(Table table, Storm.Outcome joins, Storm.Outcome calls) {
    storm(table, "join", joins);
    storm(table, "static mutual TLS", calls);
    table
        .row(
            "CPU of a join by a static call",
            joins.cpuMillisEach() / calls.cpuMillisEach(),
            "times")
        .aim(RATIO_AIM)
        .note("the node's quote included");
  }

  private static void storm(Table table, String name, Storm.Outcome outcome) {
    table
        .row(name + ": rate", outcome.perSecond(), "1/s")
        .note("%d clients, a new connection each, both sides here".formatted(CLIENTS));
    table.row(name + ": p50", outcome.quantileMillis(0.50), "ms");
    table.row(name + ": p99", outcome.quantileMillis(0.99), "ms");
    table.row(name + ": CPU each", outcome.cpuMillisEach(), "ms CPU").note("both sides");
  }
}
