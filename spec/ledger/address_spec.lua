local address = require "fal.ledger.address"

local PROBES = "&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"

describe("a ledger's address", function()
  it("is a path", function()
    local path = "out/ledger.db"
    assert.are.same({ driver = "SQLite3", name = path, shown = path },
      address.parse("out/ledger.db"))
    assert.are.equal("a b.db", address.parse("sqlite:a b.db").name)
  end)

  it("or a PostgreSQL database, whose password is never shown", function()
    local a = address.parse("postgresql://fal:p%40ss@db.example:5433/money")
    assert.are.equal("PostgreSQL", a.driver)
    assert.are.equal("postgresql://fal:p%40ss@db.example:5433/money?connect_timeout=3"
      .. "&tcp_user_timeout=5000" .. PROBES, a.name)
    assert.are.equal("postgresql://fal@db.example:5433/money", a.shown)
    assert.are.equal("p@ss", a.secret)
  end)

  it("keeps parameters of the server, and hides a password among them", function()
    local a = address.parse(
      "postgresql:///money?host=/run&password=x1y2z3&connect_timeout=2")
    assert.are.equal(
      "postgresql:///money?host=/run&password=x1y2z3&connect_timeout=2"
      .. "&tcp_user_timeout=5000" .. PROBES, a.name)
    assert.are.equal("postgresql:///money?host=/run&password=…&connect_timeout=2",
      a.shown)
    assert.are.equal("x1y2z3", a.secret)
  end)

  it("is refused when nothing would last in it", function()
    for _, bad in ipairs { "", "sqlite:", ":memory:", "mysql://host/db",
      "postgresql://host", "postgresql://" } do
      assert.is_nil((address.parse(bad)), bad)
    end
  end)
end)
